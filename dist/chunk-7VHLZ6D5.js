import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
function i(e){let n=Object.entries(e).filter(([,t])=>t!==void 0);return Object.fromEntries(n)}export{i as a};
