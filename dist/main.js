import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{Ja as e}from"./chunk-TW6NZWHM.js";process.exitCode=await e(process.env);process.stdout.write("",()=>process.exit());
