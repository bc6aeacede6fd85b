using System.Globalization;

namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>A call of a run that changed a file, or what the run printed, in the order in which they happened.</summary>
/// <param name="Number">Its number among the calls that change a file, from 1; 0 for what was printed.</param>
/// <param name="Name">What it did; <c>print</c> for what was printed.</param>
/// <param name="Process">The process.</param>
/// <param name="Path">The file or folder.</param>
/// <param name="Source">The old name of a renaming, or the file that a link was made to.</param>
/// <param name="Offset">Where bytes were written, or the new length.</param>
/// <param name="Content">The bytes.</param>
internal sealed record LoggedCall(int Number, string Name, int Process, string Path, string Source, long Offset, byte[] Content)
{
    public static IReadOnlyList<LoggedCall> ReadAll(string log) => [.. File.ReadLines(log).Select(static line => Parse(line.Split('\t')))];

    private static LoggedCall Parse(string[] fields) => new(
        int.Parse(fields[0], CultureInfo.InvariantCulture), fields[2], int.Parse(fields[1], CultureInfo.InvariantCulture), fields[3],
        fields[4], long.Parse(fields[5], CultureInfo.InvariantCulture), Convert.FromBase64String(fields[6]));
}
