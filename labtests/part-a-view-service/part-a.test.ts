import { gradePart } from '../jest/part';

gradePart('A');
