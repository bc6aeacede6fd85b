using System.Text.Json;
using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Environments.Creation;

/// <summary>A folder with the files of one environment, which programs use without Metaflow.</summary>
/// <remarks>The record is written last. While the files are written, a second file names them: what a killed process left is known by it
/// and replaced.</remarks>
/// <param name="path">The absolute path.</param>
internal sealed class FlatFolder(string path)
{
    /// <summary>The file with the record of the environment.</summary>
    public const string RecordFile = "environment.json";

    private const string UnfinishedFile = "environment.json.unfinished";
    private const string TemporaryFile = $"{UnfinishedFile}.new";
    private const string FilesMember = "files";

    /// <summary>Refuses a folder that has files already. What a killed process left there does not count.</summary>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="EnvironmentException">It has (MF7043), or cannot be read (MF7045).</exception>
    public static void RequireFree(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                throw new IOException($"'{path}' is a file.");
            }

            if (Directory.Exists(path) && !File.Exists(Path.Combine(path, UnfinishedFile))
                && Directory.EnumerateFileSystemEntries(path).Any(static entry => Path.GetFileName(entry) != TemporaryFile))
            {
                throw new EnvironmentException(
                    ErrorCodes.FolderHasContent,
                    $"The environment is not created in '{path}'.",
                    "The folder has files already.",
                    "Name another folder, or add --force: the files of an environment that is there are replaced, and others stay.");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(path, error);
        }
    }

    /// <summary>Writes the files of an environment in the place of those of another one. The caller holds the folder's lock.</summary>
    /// <param name="environment">The environment, whose packages are unpacked.</param>
    /// <param name="packages">The unpacked packages.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="EnvironmentException">The folder cannot be written (MF7045).</exception>
    public void Write(ResolvedEnvironment environment, PackageFolder packages, CancellationToken cancellationToken)
    {
        try
        {
            var files = FlatFiles.Of(environment);
            List<string> former = [.. FilesOf(RecordFile), .. FilesOf(UnfinishedFile)];
            Directory.CreateDirectory(path);
            Replace(UnfinishedFile, RecordJson.Write(json => json.WriteTexts(
                FilesMember, [.. former.Union(files.Select(static file => file.Target), StringComparer.Ordinal)])));
            File.Delete(PlaceOf(RecordFile));
            foreach (var file in former.Except(files.Select(static file => file.Target), StringComparer.Ordinal))
            {
                Remove(file);
            }

            foreach (var file in files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Copy(Path.Combine(packages.Root, PackageFolder.PathOf(file.Package), file.Asset.Path), PlaceOf(file.Target));
            }

            Replace(RecordFile, RecordOf(environment, files));
            File.Delete(PlaceOf(UnfinishedFile));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(path, error);
        }
    }

    private static byte[] RecordOf(ResolvedEnvironment environment, IReadOnlyList<FlatFile> files) => RecordJson.Write(json =>
    {
        json.WriteText("req_id", environment.Id.RequestId);
        json.WriteText("full_id", environment.Id.FullId);
        json.WriteText("arch", environment.Id.Architecture);
        json.WriteTexts(FilesMember, [.. files.Select(static file => file.Target)]);
        json.WritePropertyName("environment");
        json.WriteRawValue(EnvironmentJson.ToBytes(environment));
    });

    // A copy and no link: who changes a file here does not change the package that all environments share.
    private static void Copy(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);

        // A program that has the former file open keeps it.
        File.Delete(target);
        File.Copy(source, target);
    }

    // Whoever wrote the file: it names nothing outside the folder.
    private IEnumerable<string> FilesOf(string name)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(PlaceOf(name)));
            return
            [
                .. document.RootElement.GetProperty(FilesMember).EnumerateArray().Select(static file => file.GetString()).OfType<string>()
                    .Where(IsInside),
            ];
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException
            or InvalidOperationException or KeyNotFoundException)
        {
            return [];
        }
    }

    private bool IsInside(string file)
        => Path.GetFullPath(file, path).StartsWith(
            Path.TrimEndingDirectorySeparator(path) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private void Remove(string file)
    {
        var place = PlaceOf(file);
        if (File.Exists(place))
        {
            File.Delete(place);
        }

        for (var folder = Path.GetDirectoryName(place)!;
            folder.Length > Path.TrimEndingDirectorySeparator(path).Length && Directory.Exists(folder)
                && !Directory.EnumerateFileSystemEntries(folder).Any();
            folder = Path.GetDirectoryName(folder)!)
        {
            Directory.Delete(folder);
        }
    }

    private void Replace(string name, byte[] content)
    {
        var temporary = PlaceOf(TemporaryFile);
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, PlaceOf(name), overwrite: true);
    }

    private string PlaceOf(string file) => Path.Combine(path, file);

    private static EnvironmentException NotWritten(string path, Exception error) => new(
        ErrorCodes.EnvironmentFolderNotWritten,
        $"The environment cannot be created in '{path}'.",
        Sentence.Of(error.Message),
        "Make room there and let your user write there, or name another folder.",
        error);
}
