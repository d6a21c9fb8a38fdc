// Writes schemas/*.json from src/schemas (built into lib): `npm run build && node scripts/schemas.mjs`.
import { writeFileSync } from 'node:fs';
import { publishedSchemas } from '../lib/src/schemas/published.js';

for (const [file, schema] of Object.entries(publishedSchemas())) {
  writeFileSync(new URL(`../schemas/${file}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
