using System.Globalization;

namespace Metaflow.Platform;

/// <summary>Reads how much memory processes use.</summary>
internal static class ProcessMemory
{
    private const int ParentField = 1;
    private const int GroupField = 2;
    private const int ResidentPagesField = 21;

    /// <summary>Returns the resident memory of a process, of its process group and of all that they started.</summary>
    /// <param name="processId">The process.</param>
    /// <returns>The bytes, pages that processes share counted for each; <see langword="null"/> where the system does not say (other than
    /// Linux).</returns>
    public static long? ResidentBytesOfTree(int processId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var processes = Directory.EnumerateDirectories("/proc").Select(Read).OfType<Entry>().ToDictionary(static entry => entry.Id);
        return processes.Values.Where(entry => BelongsTo(processes, entry, processId))
            .Sum(static entry => entry.Pages) * Environment.SystemPageSize;
    }

    private static bool BelongsTo(Dictionary<int, Entry> processes, Entry entry, int root)
    {
        var current = entry;
        while (true)
        {
            if (current.Id == root || current.Group == root)
            {
                return true;
            }

            if (!processes.TryGetValue(current.Parent, out var parent) || parent.Id == current.Id)
            {
                return false;
            }

            current = parent;
        }
    }

    private static Entry? Read(string folder)
    {
        if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return null;
        }

        try
        {
            // The command's name is in brackets and may hold anything; the fields after it are numbers.
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new Entry(id, Number(fields[ParentField]), Number(fields[GroupField]), Number(fields[ResidentPagesField]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Entry(int Id, int Parent, int Group, long Pages);
}
