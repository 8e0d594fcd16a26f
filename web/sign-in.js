'use strict';
/* Signing in, by the provider where there is one, or by a password. Behind the # stands a word for what went wrong at the
   provider; only words of this list are shown. */
const why = {
  'sign-in-refused':
    'You are not signed in: your company’s account was not taken here. Try again, sign in by a password, or ask an administrator, whose audit log says why.',
  provider: 'Your company’s sign-in cannot be reached now. Try again in a moment; a password still works.',
  'too-many': 'Too many tries. Wait a moment, then try again.',
  'not-found': 'Signing in with a company’s account is not set up here. Use your password.',
  'bad-request': 'That link was not whole. Sign in here.',
};
const form = document.getElementById('sign-in'),
  wrong = document.getElementById('wrong');
const word = location.hash.slice(1);
if (Object.hasOwn(why, word)) document.getElementById('why').textContent = why[word];

fetch('/api/v1/sign-in')
  .then((reply) => reply.json())
  .then((ways) => {
    if (!ways.provider) return;
    document.getElementById('label').textContent = ways.provider;
    document.getElementById('go').href = ways.path;
    document.getElementById('provider').hidden = false;
  })
  .catch(() => {}); /* the password's form is there all the same */

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = form.querySelector('button');
  wrong.textContent = '';
  button.disabled = true;
  try {
    const reply = await fetch('/api/v1/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user: form.user.value, password: form.password.value }),
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
