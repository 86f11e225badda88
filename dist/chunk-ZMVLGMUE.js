import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
var o=class extends Error{name="CommandError";code;constructor(r,e){super(e),this.code=r}};export{o as a};
