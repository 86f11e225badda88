import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-A5XI2EPP.js";import"./chunk-QKTDYQ6E.js";import"./chunk-SZOGM7I5.js";import"./chunk-D56EP3BQ.js";import"./chunk-27DIF2A3.js";export{b as doubtsAbout,a as questionOf};
