import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
var o=class extends Error{name="CommandError";code;constructor(e,r){super(r),this.code=e}};export{o as a};
