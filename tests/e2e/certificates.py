"""An authority and certificates of its, made for a test."""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Authority:
    """`path`: its certificate, as ca_file names it."""

    def __init__(self, folder, name):
        self.folder, self.name, self.key = folder, name, ec.generate_private_key(ec.SECP256R1())
        self.path = folder / f"{name}.pem"
        key_use = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self.write(self.path, self.builder(name, self.key).add_extension(x509.BasicConstraints(True, 0), True).add_extension(key_use, True))

    def builder(self, name, key, ends_in=30 * DAY):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (x509.CertificateBuilder().subject_name(named(name)).issuer_name(named(self.name)).public_key(key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - 60 * DAY).not_valid_after(now + ends_in))

    def write(self, path, builder, key=None):
        text = builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        if key:
            text += key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(text)

    def certificate(self, name, host=None, address=None, ends_in=30 * DAY):
        """The path of a certificate with its key."""
        path, key = self.folder / f"{name}.pem", ec.generate_private_key(ec.SECP256R1())
        names = x509.DNSName(host) if host else x509.IPAddress(ipaddress.ip_address(address))
        self.write(path, self.builder(name, key, ends_in).add_extension(x509.SubjectAlternativeName([names]), False), key)
        return path
