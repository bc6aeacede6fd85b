using System.Text.Json;

namespace Metaflow.Tool.Programs;

/// <summary>A program as it was built: what starts it, and the files that it was made of.</summary>
/// <param name="Command">The executable.</param>
/// <param name="Arguments">The arguments before the user's.</param>
/// <param name="Folders">The folders whose files all count; empty for a program of one file.</param>
/// <param name="Inputs">The files that count, with the time of their last change in ticks and their lengths in bytes; -1 for one that is
/// not there.</param>
/// <param name="Outputs">The files that the build put beside the program, such as the libraries that it refers to; <see langword="null"/>
/// in a record of an earlier version.</param>
internal sealed record BuiltProgram(
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Folders,
    IReadOnlyDictionary<string, FileState> Inputs,
    IReadOnlyList<string>? Outputs)
{
    /// <summary>Gets a value indicating whether the program is there with all that it needs, and no file changed, came or went since it was
    /// built.</summary>
    public bool IsCurrent
        => File.Exists(Command) && Outputs is not null && Outputs.All(File.Exists)
            && Inputs.All(static input => FileState.Of(input.Key) == input.Value)
            && BuildInputs.In(Folders).All(Inputs.ContainsKey);

    /// <summary>Reads what was recorded of a program.</summary>
    /// <param name="target">The program.</param>
    /// <returns>The program as it was built; <see langword="null"/> where nothing, or nothing readable, is recorded.</returns>
    public static BuiltProgram? Read(FlowTarget target)
    {
        try
        {
            return JsonSerializer.Deserialize<BuiltProgram>(File.ReadAllBytes(RecordOf(target)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Records the program, for the next time.</summary>
    /// <param name="target">What it was built of.</param>
    public void Write(FlowTarget target)
    {
        try
        {
            var path = RecordOf(target);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Environment.ProcessId}";
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(this));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next time builds again, which is slower and as right.
        }
    }

    // As the SDK keeps what it makes of files: in the user's own data, by the path.
    private static string RecordOf(FlowTarget target) => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "metaflow",
        "programs",
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(target.Path)))[..32]
            + ".json");
}

/// <summary>By what a change of a file is seen.</summary>
/// <param name="Ticks">The time of its last change, in ticks.</param>
/// <param name="Length">Its length in bytes; -1 for a file that is not there.</param>
internal readonly record struct FileState(long Ticks, long Length)
{
    /// <summary>Looks at a file.</summary>
    /// <param name="path">Its path.</param>
    public static FileState Of(string path)
        => new FileInfo(path) is { Exists: true } file ? new(file.LastWriteTimeUtc.Ticks, file.Length) : new(0, -1);
}
