using System.Globalization;

namespace Metaflow.Metadata;

/// <summary>The names of the records about a task, and the order in which objects are listed: the same in a folder and in any other
/// store.</summary>
internal static class MetadataFiles
{
    /// <summary>The name of the folder beside an object's children that holds the records about it.</summary>
    public const string RecordFolder = "_meta";

    /// <summary>The name, within <see cref="RecordFolder"/>, of the record that makes a folder an object.</summary>
    public const string Self = "_self.json";

    /// <summary>The start of the name of a datum's record.</summary>
    public const string DatumStart = "sysmeta_";
    private const string ArtifactInfix = "_artifact_";
    private const string DoneField = "attempt-done";

    /// <summary>Refuses names that would lead elsewhere as parts of a path.</summary>
    /// <param name="names">The names.</param>
    /// <exception cref="Errors.MetadataException">A name is empty, has a slash, or leads up (MF5003).</exception>
    public static void CheckNames(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (name.Length == 0 || name is "." or ".." || name.Contains('/') || name.Contains(Path.DirectorySeparatorChar))
            {
                throw MetadataErrors.BadName(name);
            }
        }
    }

    /// <summary>Returns the name of the record about an artifact.</summary>
    public static string OfArtifact(int attempt, string name)
        => string.Create(CultureInfo.InvariantCulture, $"{attempt}{ArtifactInfix}{name}.json");

    /// <summary>Returns true if a name is that of the record about an artifact of an attempt.</summary>
    public static bool IsArtifact(string name, int attempt)
        => name.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{attempt}{ArtifactInfix}"), StringComparison.Ordinal);

    /// <summary>Returns the name of a datum's record. Two data of one field differ in their time alone.</summary>
    public static string OfDatum(string field, long milliseconds)
        => string.Create(CultureInfo.InvariantCulture, $"{DatumStart}{field}_{milliseconds}.json");

    /// <summary>Returns true if a name is that of a datum's record.</summary>
    public static bool IsDatum(string name) => name.StartsWith(DatumStart, StringComparison.Ordinal);

    /// <summary>Returns true if a name is that of the record that an attempt is done.</summary>
    public static bool IsDone(string name) => name.StartsWith($"{DatumStart}{DoneField}_", StringComparison.Ordinal);

    /// <summary>Returns the attempt that a record tells of as done.</summary>
    /// <returns>The attempt's number, from 0; <see langword="null"/> when there is no record or it names none.</returns>
    public static int? AttemptOf(MetadataDatum? done)
        => done is not null && int.TryParse(done.Text, CultureInfo.InvariantCulture, out var attempt) ? attempt : null;

    /// <summary>Sorts objects, newest first; of one millisecond the longer id first, as it is the greater number, then the greater
    /// text.</summary>
    public static IReadOnlyList<T> NewestFirst<T>(IEnumerable<T> items, Func<T, DateTimeOffset> createdAt, Func<T, string> id)
        => [.. items.OrderByDescending(createdAt).ThenByDescending(item => id(item).Length).ThenByDescending(id, StringComparer.Ordinal)];
}
