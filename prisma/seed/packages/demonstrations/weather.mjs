const PLACES = { Oslo: 4, Lisbon: 19, Nairobi: 23, Wellington: 14 };
const place = { type: 'string', description: 'Name of a place, for example Oslo' };

export default {
  name: 'weather',
  tools: [
    {
      name: 'get_temperature',
      title: 'Current temperature',
      description: 'Returns the temperature of a place in degrees Celsius, from a table inside the server.',
      inputSchema: { type: 'object', properties: { place }, required: ['place'], additionalProperties: false },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    {
      name: 'list_places',
      title: 'Known places',
      description: 'Lists the places that the server knows.',
      inputSchema: { type: 'object', properties: {}, additionalProperties: false },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
  ],
  call: (name, { place }) =>
    name === 'list_places' ? Object.keys(PLACES).join(', ') : `${PLACES[place] ?? 'unknown'}`,
};
