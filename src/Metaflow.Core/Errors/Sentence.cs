namespace Metaflow.Errors;

/// <summary>Makes sentences of the texts of others, for messages of several sentences.</summary>
internal static class Sentence
{
    /// <summary>Returns a text that ends with one full stop.</summary>
    /// <param name="text">The message of an exception.</param>
    /// <returns>The sentence.</returns>
    public static string Of(string text) => text.TrimEnd(' ', '.', '\n', '\r') + ".";
}
