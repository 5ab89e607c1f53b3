'use strict';
// Node loads this at start: a program under test must not reach any host but this one.
const net = require('node:net');

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function guarded(...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  const host = options && typeof options === 'object' ? options.host : args[1];
  if (host && !['127.0.0.1', 'localhost', '::1'].includes(host)) throw new Error(`a test tried to connect to ${host}`);
  return connect.apply(this, args);
};
