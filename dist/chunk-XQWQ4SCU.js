import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-OE2RHU76.js";import"./chunk-XQFXSU22.js";import"./chunk-4VCKRYCE.js";import"./chunk-KOQP3D2I.js";import"./chunk-OKLPP6A7.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
