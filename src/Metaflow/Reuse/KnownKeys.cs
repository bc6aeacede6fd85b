using Metaflow.Artifacts;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Reuse;

/// <summary>The keys of values that nearly every task has: known without loading them.</summary>
internal static class KnownKeys
{
    private static readonly string True = KeyOf(true, typeof(bool));
    private static readonly string False = KeyOf(false, typeof(bool));

    /// <summary>Gets the key of an empty list.</summary>
    public static string EmptyList { get; } = KeyOf(new List<object?>(), typeof(List<object?>));

    /// <summary>Returns true if an artifact is <see langword="true"/>.</summary>
    /// <param name="artifacts">The artifacts.</param>
    /// <param name="name">The name on disk.</param>
    /// <returns>Whether it is; an artifact that is not there is not.</returns>
    public static bool IsTrue(TaskArtifacts artifacts, string name)
    {
        if (!artifacts.Records.TryGetValue(name, out var record))
        {
            return false;
        }

        // Both languages write the same bytes; older protocols are read.
        return record.Key == True || (record.Key != False && artifacts.LoadPlain(name) is true);
    }

    private static string KeyOf(object value, Type type) => ContentAddressedStore.KeyOf(ArtifactSerializer.Serialize(value, type).Payload);
}
