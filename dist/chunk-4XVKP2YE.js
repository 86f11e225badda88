import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a}from"./chunk-IGTTIFNX.js";import"./chunk-RICZN6S5.js";import"./chunk-EPHPREYD.js";import"./chunk-OT3KE5EP.js";import"./chunk-T7F3U4XK.js";import"./chunk-CGTV6RBV.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{a as openGitHub};
