namespace Metaflow.Faults;

/// <summary>A call that changes a file or folder.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Path">The file or folder; of a renaming, the new name.</param>
internal sealed record FileCall(string Name, string Path)
{
    /// <summary>Gets the old name of a renaming, or the file that a link is made to.</summary>
    public string? Source { get; init; }

    /// <summary>Gets where bytes are written, or the new length.</summary>
    public long Offset { get; init; }

    /// <summary>Gets the bytes that are written.</summary>
    public byte[] Content { get; init; } = [];

    /// <summary>Reads a call.</summary>
    /// <param name="thread">The thread that makes it.</param>
    /// <returns>The call, or <see langword="null"/> for one that is about no file.</returns>
    public static FileCall? Read(Tracee thread) => thread.Call switch
    {
        SystemCalls.Write => OfFile(thread, "write", () => (thread.PositionOf(thread.Argument(0)), Bytes(thread))),
        SystemCalls.WriteAt => OfFile(thread, "write", () => ((long)thread.Argument(3), Bytes(thread))),
        SystemCalls.WriteParts => OfFile(thread, "write", () => (thread.PositionOf(thread.Argument(0)), Parts(thread))),
        SystemCalls.WritePartsAt => OfFile(thread, "write", () => ((long)thread.Argument(3), Parts(thread))),
        SystemCalls.Flush or SystemCalls.FlushData => OfFile(thread, "flush", static () => (0, [])),
        SystemCalls.SetLength => OfFile(thread, "length", () => ((long)thread.Argument(1), [])),
        SystemCalls.Rename => OfNames(thread, "rename", -100, 0, -100, 1),
        SystemCalls.RenameAt or SystemCalls.RenameAt2
            => OfNames(thread, "rename", (long)thread.Argument(0), 1, (long)thread.Argument(2), 3),
        SystemCalls.Link => OfNames(thread, "link", -100, 0, -100, 1),
        SystemCalls.LinkAt => OfNames(thread, "link", (long)thread.Argument(0), 1, (long)thread.Argument(2), 3),
        SystemCalls.MakeFolder => OfName(thread, "folder", -100, 0),
        SystemCalls.MakeFolderAt => OfName(thread, "folder", (long)thread.Argument(0), 1),
        SystemCalls.RemoveFolder or SystemCalls.Remove => OfName(thread, "remove", -100, 0),
        SystemCalls.RemoveAt => OfName(thread, "remove", (long)thread.Argument(0), 1),
        SystemCalls.OpenAt => OfName(
            thread, (thread.Argument(2) & SystemCalls.Truncate) != 0 ? "empty" : "create", (long)thread.Argument(0), 1),
        _ => null,
    };

    private static byte[] Bytes(Tracee thread) => thread.Read(thread.Argument(1), (long)thread.Argument(2));

    private static byte[] Parts(Tracee thread) => thread.ReadParts(thread.Argument(1), (int)thread.Argument(2));

    private static FileCall? OfFile(Tracee thread, string name, Func<(long Offset, byte[] Content)> read)
    {
        if (thread.PathOf(thread.Argument(0)) is not { } path)
        {
            return null;
        }

        // What goes to a device or a terminal has no place.
        var (offset, content) = path.StartsWith("/dev/pts", StringComparison.Ordinal) ? (0, []) : read();
        return new FileCall(name, path) { Offset = offset, Content = content };
    }

    private static FileCall? OfName(Tracee thread, string name, long folder, int argument)
        => thread.PathAt(folder, thread.Argument(argument)) is { } path ? new FileCall(name, path) : null;

    private static FileCall? OfNames(Tracee thread, string name, long folder, int argument, long targetFolder, int targetArgument)
        => thread.PathAt(folder, thread.Argument(argument)) is { } source
            && thread.PathAt(targetFolder, thread.Argument(targetArgument)) is { } target
                ? new FileCall(name, target) { Source = source }
                : null;
}
