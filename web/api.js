'use strict';
/* The API's page: operations as the description says, and requests with the reader's own session. Nothing is made of
 * text that is not put in as text. */
const state = { api: null, csrf: null, token: null };

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === 'text') element.textContent = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/* --- schemas --- */

function resolve(schema) {
  if (!schema || !schema.$ref) return schema || {};
  return state.api.components.schemas[schema.$ref.split('/').pop()] || {};
}

function typeOf(schema) {
  const whole = resolve(schema);
  const types = [].concat(whole.type || (whole.properties ? 'object' : 'any'));
  const words = types.map((type) => (type === 'array' ? 'list of ' + typeOf(whole.items) : type));
  return words.join(' or ');
}

/* What is within is made when it is opened: a schema may hold itself. */
function schemaOf(schema) {
  const whole = resolve(schema),
    list = make('ul', { class: 'schema' });
  const properties = whole.properties || (resolve(whole.items).properties ? resolve(whole.items).properties : {});
  for (const [name, property] of Object.entries(properties)) {
    const known = resolve(property),
      inner = known.properties || (known.items && resolve(known.items).properties);
    const head = [
      make('code', { text: name }),
      ' ',
      make('em', { text: typeOf(property) }),
      known.description ? ' ' + known.description : '',
    ];
    if (!inner) {
      list.append(make('li', {}, ...head));
      continue;
    }
    const more = make('details', {}, make('summary', {}, ...head));
    more.addEventListener('toggle', () => {
      if (more.children.length === 1) more.append(schemaOf(property));
    });
    list.append(make('li', {}, more));
  }
  return list.children.length ? list : make('p', { class: 'quiet', text: whole.description || typeOf(schema) });
}

function exampleOf(schema) {
  const whole = resolve(schema);
  if (whole.examples) return whole.examples[0];
  const example = {};
  for (const name of whole.required || []) example[name] = '';
  return example;
}

/* --- one operation --- */

function fieldOf(parameter) {
  const kind = parameter.schema.items || parameter.schema,
    choices = parameter.schema.enum;
  const label = 'of ' + parameter.name;
  if (kind.type === 'boolean' || choices) {
    const select = make('select', { 'aria-label': label }, make('option', { value: '', text: '–' }));
    for (const choice of choices || ['yes']) select.append(make('option', { value: choices ? choice : '1', text: choice }));
    return select;
  }
  return make('input', {
    'aria-label': label,
    type: kind.type === 'integer' ? 'number' : 'text',
    placeholder: parameter.schema.type === 'array' ? 'one, two' : '',
  });
}

function parametersOf(operation, fields) {
  const box = make('div', { class: 'parameters' });
  for (const parameter of operation.parameters || []) {
    const field = fieldOf(parameter);
    fields.push({ parameter, field });
    box.append(
      make(
        'div',
        { class: 'parameter' },
        make('b', {}, parameter.name, parameter.required ? make('i', { text: ' *', title: 'needed' }) : null),
        field,
        make('small', { text: parameter.description || 'in the address' }),
      ),
    );
  }
  return box;
}

function addressOf(path, fields) {
  const query = [];
  let address = path;
  for (const { parameter, field } of fields) {
    const value = field.value.trim();
    if (parameter.in === 'path') address = address.replace('{' + parameter.name + '}', encodeURIComponent(value));
    else if (value) query.push(parameter.name + '=' + encodeURIComponent(value).replaceAll('%2C', ','));
  }
  return address + (query.length ? '?' + query.join('&') : '');
}

function curlOf(method, address, body) {
  const parts = ['curl', '-H', "'Authorization: Bearer $TOKEN'"];
  if (method !== 'GET') parts.push('-X', method);
  if (body) parts.push('-H', "'Content-Type: application/json'", '-d', "'" + body.replaceAll("'", "'\\''") + "'");
  parts.push("'" + location.origin + address + "'");
  return parts.join(' ').replace("'Authorization: Bearer $TOKEN'", '"Authorization: Bearer $TOKEN"');
}

async function showReply(reply, box, began) {
  const type = reply.headers.get('Content-Type') || '';
  const took = Math.round(performance.now() - began) + ' ms';
  const status = make('p', { class: 'status ' + (reply.ok ? 'good' : 'bad'), text: reply.status + ' · ' + took });
  if (/json|text/.test(type)) {
    let text = await reply.text();
    if (/json/.test(type)) {
      try {
        text = JSON.stringify(JSON.parse(text), null, 2);
      } catch {
        /* shown as it came */
      }
    }
    const cut = text.length > 200000 ? text.slice(0, 200000) + '\n… and more' : text;
    box.replaceChildren(status, make('pre', { tabindex: '0', text: cut || '(nothing)' }));
    return;
  }
  const file = URL.createObjectURL(await reply.blob());
  const name = /filename="([^"]+)"/.exec(reply.headers.get('Content-Disposition') || '');
  box.replaceChildren(
    status,
    make('p', {}, make('a', { href: file, download: name ? name[1] : 'answer', text: 'Save ' + (name ? name[1] : 'the answer') })),
  );
}

async function send(method, address, body, box) {
  const headers = {};
  if (body) headers['Content-Type'] = 'application/json';
  if (state.csrf && method !== 'GET') headers['X-Attain-CSRF'] = state.csrf;
  if (state.token) headers.Authorization = 'Bearer ' + state.token;
  const began = performance.now();
  try {
    await showReply(await fetch(address, { method, headers, body: body || undefined }), box, began);
  } catch (error) {
    box.replaceChildren(make('p', { class: 'wrong', text: 'The server could not be reached: ' + error.message }));
  }
}

function tryOf(path, method, operation) {
  const fields = [],
    parameters = parametersOf(operation, fields),
    reply = make('div');
  const content = operation.requestBody && operation.requestBody.content['application/json'];
  const body = content ? make('textarea', { 'aria-label': 'body', spellcheck: 'false' }) : null;
  if (body) body.value = JSON.stringify(exampleOf(content.schema), null, 2);
  const line = make('pre', { class: 'line' }),
    text = () => (body ? body.value : '');
  const refresh = () => {
    line.textContent = curlOf(method, addressOf(path, fields), text());
  };
  const button = make('button', {
    type: 'button',
    text: 'Send',
    onclick: async () => {
      button.disabled = true;
      await send(method, addressOf(path, fields), text(), reply);
      button.disabled = false;
    },
  });
  const box = make('div', { class: 'inside' });
  box.addEventListener('input', refresh);
  refresh();
  if (operation.description) box.append(make('p', { text: operation.description }));
  if (fields.length) box.append(make('h3', { text: 'Parameters' }), parameters);
  if (body) box.append(make('h3', { text: 'Body' }), body, schemaOf(content.schema));
  box.append(line, make('div', { class: 'actions' }, button), reply);
  const answer = Object.values(operation.responses)[0].content;
  if (answer && answer['application/json']) box.append(make('h3', { text: 'Answer' }), schemaOf(answer['application/json'].schema));
  return box;
}

function operationOf(path, method, operation) {
  const details = make(
    'details',
    { class: 'operation', id: operation.operationId },
    make(
      'summary',
      {},
      make('span', { class: 'method ' + method, text: method.toUpperCase() }),
      make('span', { class: 'path', text: path }),
      make('span', { class: 'summary', text: operation.summary }),
    ),
  );
  details.addEventListener('toggle', () => {
    if (details.children.length === 1) details.append(tryOf(path, method.toUpperCase(), operation));
  });
  details.dataset.words = [
    path,
    method,
    operation.summary,
    operation.description || '',
    ...(operation.parameters || []).map((parameter) => parameter.name),
  ]
    .join(' ')
    .toLowerCase();
  return details;
}

/* --- the page --- */

function tagsOf(api) {
  const tags = new Map();
  for (const [path, operations] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags[0];
      if (!tags.has(tag)) tags.set(tag, []);
      tags.get(tag).push(operationOf(path, method, operation));
    }
  const last = (tag) => (tag === 'Service' ? 1 : 0);
  return [...tags].sort((a, b) => last(a[0]) - last(b[0]));
}

function showAll(api) {
  const nav = document.getElementById('nav'),
    all = document.getElementById('operations');
  all.replaceChildren();
  for (const [tag, operations] of tagsOf(api)) {
    const id = 'tag-' + tag.toLowerCase().replaceAll(/[^a-z]+/g, '-');
    nav.append(make('a', { href: '#' + id, text: tag }, make('span', { text: operations.length })));
    all.append(make('section', { id }, make('h2', { class: 'tag', text: tag }), ...operations));
  }
}

function find(words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll('#operations > section')) {
    let shown = 0;
    for (const details of section.querySelectorAll('details.operation')) {
      details.hidden = !wanted.every((word) => details.dataset.words.includes(word));
      shown += details.hidden ? 0 : 1;
    }
    section.hidden = shown === 0;
  }
}

async function showReader() {
  const headers = state.token ? { Authorization: 'Bearer ' + state.token } : {};
  const reply = await fetch('/api/v1/me', { headers }),
    who = document.getElementById('who');
  for (const form of ['sign-in', 'own-token']) document.getElementById(form).hidden = reply.ok;
  if (!reply.ok) {
    who.textContent = 'not signed in';
    return false;
  }
  const me = await reply.json();
  state.csrf = me.csrf || null;
  who.textContent = (me.name || me.user || '') + (me.role ? ' · ' + me.role : '') + (state.token ? ' · by token' : '');
  return true;
}

async function useToken(event) {
  event.preventDefault();
  const form = event.target,
    wrong = document.getElementById('own-token-wrong');
  state.token = form.token.value.trim();
  form.token.value = '';
  const isTaken = await showReader();
  wrong.textContent = isTaken ? '' : 'The token is wrong or has ended: make another with POST /api/v1/tokens.';
  if (!isTaken) state.token = null;
}

async function signIn(event) {
  event.preventDefault();
  const form = event.target,
    wrong = document.getElementById('sign-in-wrong');
  const reply = await fetch('/api/v1/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user: form.user.value, password: form.password.value }),
  });
  wrong.textContent = reply.ok ? '' : (await reply.json()).detail;
  form.password.value = '';
  if (reply.ok) await showReader();
}

async function begin() {
  document.getElementById('find').addEventListener('input', (event) => find(event.target.value));
  document.getElementById('sign-in').addEventListener('submit', signIn);
  document.getElementById('own-token').addEventListener('submit', useToken);
  state.api = await (await fetch('/api/v1/openapi.json')).json();
  showAll(state.api);
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named) {
    named.open = true;
    named.scrollIntoView({ behavior: 'instant' });
  }
  await showReader();
}

begin();
