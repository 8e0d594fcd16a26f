'use strict';
/* Choosing a password by a one-time link. The link's secret is behind the #, which browsers send to no server; it goes
   with the password, once. */
const form = document.getElementById('choose'),
  field = document.getElementById('password'),
  wrong = document.getElementById('wrong');

/* A hint while typing, by length and variety alone; what may not be a password the server says. */
function strengthOf(password) {
  const n = [...password].length,
    kinds = new Set(password).size;
  if (n < 12) return [n < 6 ? 0 : 1, `at least 12 characters: ${12 - n} more`];
  if (kinds < 6) return [1, 'repeats few characters'];
  if (n < 16) return [2, 'fair; longer is better'];
  return n < 22 ? [3, 'good'] : [4, 'very good'];
}

field.addEventListener('input', () => {
  const [strength, says] = strengthOf(field.value);
  document.getElementById('meter').value = strength;
  document.getElementById('says').textContent = says;
});

document.getElementById('show').addEventListener('change', (event) => {
  field.type = event.target.checked ? 'text' : 'password';
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = form.querySelector('button'),
    secret = location.hash.slice(1);
  wrong.textContent = '';
  if (!secret) {
    wrong.textContent = 'This address lacks the part behind the #. Open the whole link that you were given.';
    return;
  }
  button.disabled = true;
  try {
    const reply = await fetch('/api/v1/invitation', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ secret, password: field.value }),
    });
    if (reply.ok) {
      location.replace('/');
      return;
    }
    const problem = await reply.json();
    wrong.textContent = problem.detail || problem.title;
  } catch {
    wrong.textContent = 'The server does not answer. Try again in a moment.';
  }
  button.disabled = false;
});
