// A workflow of the user's own; nothing in it knows of Loopwright.
async function hello(name) {
  return `hello ${name}`;
}

module.exports = { hello };
