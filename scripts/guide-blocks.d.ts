export interface Block {
  guide: string;
  line: number;
  language: string;
  code: string;
}

export const guides: string[];
export function readGuide(guide: string): string;
export function blocksOf(guide: string): Block[];
export function isRun(block: Block): boolean;
