import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{v as a,w as b}from"./chunk-S5VL3B5L.js";export{b as doubtsAbout,a as questionOf};
