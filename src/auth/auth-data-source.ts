/** The data source that `AuthModule` works with: the host's default one, or the one it names. */
export const AuthDataSource = Symbol('AuthDataSource');
