// Written by `rebuttal mock`. Leads HTTPS requests for api.omise.co to the mock at REBUTTAL_MOCK (host:port).
'use strict';
const https = require('https');

const place = process.env.REBUTTAL_MOCK || '';
const colon = place.lastIndexOf(':');
const lead = https.Agent.prototype.createConnection;

https.Agent.prototype.createConnection = function (options, ...rest) {
  if (colon > 0 && options && (options.host === 'api.omise.co' || options.hostname === 'api.omise.co')) {
    options = Object.assign({}, options, {
      servername: 'api.omise.co',
      host: place.slice(0, colon),
      port: Number(place.slice(colon + 1)),
    });
  }
  return lead.call(this, options, ...rest);
};
