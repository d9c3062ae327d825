/** The file or an option cannot be used as it is; nothing can be imported until somebody corrects it. */
export class InputError extends Error {}

/** One user of the file cannot be imported; the others can. The message never quotes the row, which contains a hash. */
export class RowProblem extends Error {}
