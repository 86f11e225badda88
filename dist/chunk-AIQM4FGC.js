import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-CSUWMQVM.js";import"./chunk-5LHKLIM2.js";import"./chunk-CJIZY45L.js";import"./chunk-NFASHQEV.js";import"./chunk-X7BXJXXL.js";export{b as doubtsAbout,a as questionOf};
