import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{Ja as e}from"./chunk-GOP247KQ.js";process.exitCode=await e(process.env);process.stdout.write("",()=>process.exit());
