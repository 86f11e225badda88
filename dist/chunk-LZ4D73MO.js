import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
function t(r){return r==="localhost"||r==="[::1]"?!0:/^127(?:\.\d{1,3}){3}$/.test(r)}export{t as a};
