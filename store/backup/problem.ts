/** A backup or a restore cannot be made; the message is for the person who asked for it, and says what to do. */
export class BackupProblem extends Error {
  override readonly name = 'BackupProblem';
}
