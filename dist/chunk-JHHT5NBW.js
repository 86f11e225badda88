import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-WV3LGDWH.js";import"./chunk-SGXU5DCY.js";import"./chunk-SJOJ7ZEB.js";import"./chunk-B7G4HFFA.js";import"./chunk-TW6NZWHM.js";export{b as doubtsAbout,a as questionOf};
