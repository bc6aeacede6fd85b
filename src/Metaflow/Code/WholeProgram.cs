using System.Security.Cryptography;

namespace Metaflow.Code;

/// <summary>The identity of a program whose assemblies cannot be read one by one: what is in the file of a single-file program, or nothing
/// that a later run could have too.</summary>
internal static class WholeProgram
{
    /// <summary>Computes the identity.</summary>
    /// <param name="flow">The flow.</param>
    /// <returns>A text that is the same for the same program only.</returns>
    public static string IdentityOf(FlowSpec flow)
    {
        try
        {
            // An assembly of a bundle has no file of its own. One that was loaded from memory has none either: then the file is that of
            // dotnet, which says nothing.
            if (flow.GetType().Assembly.Location.Length == 0 && Environment.ProcessPath is { } path
                && Path.GetFileNameWithoutExtension(path) != "dotnet")
            {
                using var file = File.OpenRead(path);
                return $"assembly:{Convert.ToHexStringLower(SHA256.HashData(file))}";
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // As for a file that says nothing.
        }

        return $"assembly:{Guid.NewGuid():N}";
    }
}
