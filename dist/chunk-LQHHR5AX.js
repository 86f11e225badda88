import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a}from"./chunk-NJICQN6G.js";import"./chunk-XW6WB3GR.js";export default a();
