"""pepper.py PROGRAM FOLDER: a pepper comes, and those who have passwords still sign in and need it from then on; without it, or
with another, none of them does. The edits are made beside the running server."""
import pathlib
import sys

from serving import PASSWORD, Server

PROGRAM, COMPANY = sys.argv[1], pathlib.Path(sys.argv[2])


class Company:
    def __init__(self, server):
        self.server, self.n = server, 0

    def edit(self, policy):
        (COMPANY / "policy.new").write_text(policy)
        (COMPANY / "policy.new").rename(COMPANY / "policy.yaml")
        self.n += 1
        self.server.wait_for("the workspace's files were read anew", self.n)

    def signs_in(self, user, wanted, when):
        status, answer = self.server.call("POST", "/session", {"user": user, "password": PASSWORD}, {"Authorization": ""})
        assert status == wanted, (user, when, status, answer)


def accept(server, user):
    status, added = server.call("POST", "/users", {"user": user, "role": "rep"})
    assert status == 200, added
    body = {"secret": added["path"].split("#")[-1], "password": PASSWORD}
    status, answer = server.call("POST", "/invitation", body, {"Authorization": ""})
    assert status == 200, answer


def test(server):
    company = Company(server)
    accept(server, "ana")
    accept(server, "ben")
    company.signs_in("ana", 200, "before there is a pepper")
    company.edit("passwords: {pepper_file: pepper}\n")
    company.signs_in("ana", 200, "with a hash from before the pepper, which is made anew")
    company.signs_in("ana", 200, "with the new hash")
    accept(server, "cem")
    company.signs_in("cem", 200, "who came with the pepper")
    (COMPANY / "pepper").rename(COMPANY / "put-away")
    company.edit("")
    company.signs_in("ana", 401, "without the pepper")
    company.signs_in("cem", 401, "without the pepper")
    company.signs_in("ben", 200, "whose hash is of before the pepper")
    (COMPANY / "pepper").write_text("another one of many characters\n")
    company.edit("passwords: {pepper_file: pepper}\n")
    company.signs_in("cem", 401, "with another pepper")
    (COMPANY / "put-away").rename(COMPANY / "pepper")
    company.edit("passwords: {pepper_file: pepper}  # the first again\n")
    company.signs_in("ana", 200, "with the pepper again")
    company.signs_in("cem", 200, "with the pepper again")


(COMPANY / "attain.yaml").write_text("name: Acme\ncurrency: EUR\n")
(COMPANY / "pepper").write_text("6rWk9cQk0yq8H2pXbNf4sLzT1vGm\n")
with Server(PROGRAM, COMPANY) as running:
    test(running)
