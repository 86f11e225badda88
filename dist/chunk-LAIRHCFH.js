import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a}from"./chunk-EAMDPRSU.js";import"./chunk-A7Q6AEO3.js";import"./chunk-6MX3OZNW.js";import"./chunk-OT3KE5EP.js";import"./chunk-EPHPREYD.js";import"./chunk-T7F3U4XK.js";import"./chunk-EG3EQJ4F.js";import"./chunk-3HE3QGSF.js";import"./chunk-LZ4D73MO.js";import"./chunk-VFEBXUO7.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{a as openGitHub};
