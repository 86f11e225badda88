import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
function t(e){let i={};for(let n in e)e[n]!==void 0&&(i[n]=e[n]);return i}export{t as a};
