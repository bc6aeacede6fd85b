namespace Metaflow.Storage;

/// <summary>A store whose objects can grow while others read them, for example the logs of running tasks.</summary>
public interface IAppendableBlobStore
{
    /// <summary>Opens an object for appending; it is made when it does not exist, with its folders.</summary>
    /// <param name="path">The path relative to the root.</param>
    /// <returns>A stream at the end of the object; every flush makes the bytes visible to readers. One that can also be read
    /// lets a log continue where a process that was killed left it. The caller disposes it.</returns>
    /// <exception cref="Errors.StorageException">The object cannot be opened.</exception>
    Stream OpenAppend(string path);
}
