// Loaded before a server: it listens on 127.0.0.1 and a free port, whatever it asks for, and says
// which one. Sockets in the file system are left alone.
const net = require('node:net');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  const wanted = typeof port === 'object' && port !== null ? port.port : port;
  if (wanted === undefined || Number.isNaN(Number(wanted))) {
    return listen.call(this, port, ...rest);
  }
  this.once('listening', () => console.log(`listening on port ${this.address().port}`));
  const done = rest.find((each) => typeof each === 'function');
  return listen.call(this, { port: 0, host: '127.0.0.1' }, done);
};
