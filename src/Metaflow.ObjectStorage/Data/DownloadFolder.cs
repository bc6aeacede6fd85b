using System.Globalization;
using Metaflow.Settings;

namespace Metaflow.ObjectStorage.Data;

/// <summary>The folder of the files that were downloaded. It is made for the first of them. Thread-safe.</summary>
/// <param name="parent">Where it is; <see langword="null"/> for where temporary files are.</param>
internal sealed class DownloadFolder(string? parent) : IDisposable
{
    private const string Prefix = "metaflow.data.";
    private readonly Lock _gate = new();
    private string? _folder;
    private bool _isClosed;
    private int _files;

    /// <summary>Returns the path of a file that does not exist yet.</summary>
    public string NewFile() => Path.Combine(
        Folder(), string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref _files)}"));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_folder is null)
            {
                return;
            }

            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A file of it may still be open on Windows. The system removes temporary files some day.
            }

            _folder = null;
        }
    }

    private string Folder()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(ObjectFolder));
            return _folder ??= parent is null
                ? TaskSettings.MakeTemporaryFolder(Prefix)
                : Directory.CreateDirectory(Path.Combine(Path.GetFullPath(parent), Prefix + Guid.NewGuid().ToString("N"))).FullName;
        }
    }
}
