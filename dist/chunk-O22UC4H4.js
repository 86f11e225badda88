import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{y as a,z as b}from"./chunk-TYNE76KB.js";export{b as doubtsAbout,a as questionOf};
