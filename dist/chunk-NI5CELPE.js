import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-JSAQLDIJ.js";import"./chunk-ITXYBZJ4.js";import"./chunk-LDMFR37B.js";import"./chunk-6CGUGFU7.js";import"./chunk-EHTWACL2.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
