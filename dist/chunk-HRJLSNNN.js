import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-V2TK4KSC.js";import"./chunk-GYFK372A.js";import"./chunk-X7NI5ZXM.js";import"./chunk-EHXD524K.js";import"./chunk-GOP247KQ.js";export{b as doubtsAbout,a as questionOf};
