import { answer } from "./answer.mjs";
window.fromModule = answer;
