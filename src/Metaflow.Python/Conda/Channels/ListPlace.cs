using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Python.Conda.Channels;

/// <summary>Where the list at an address is kept: a file that says which content is the present one, and for each content the list and its
/// index.</summary>
/// <param name="folder">The folder of all lists.</param>
/// <param name="address">The address.</param>
internal sealed class ListPlace(string folder, string address)
{
    private readonly string _stem = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)))[..24]);

    private string State => _stem + ".state";

    /// <summary>Moves a file to its place, unless it is there. The name says the content, so what is there is the same.</summary>
    /// <param name="from">The file.</param>
    /// <param name="to">The place.</param>
    public static void Move(string from, string to)
    {
        if (!File.Exists(to))
        {
            File.Move(from, to, overwrite: true);
        }
    }

    /// <summary>Deletes a file; one that another process has open may stay.</summary>
    /// <param name="path">The file.</param>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is deleted the next time.
        }
    }

    /// <summary>Returns the file of a list.</summary>
    /// <param name="state">Which content it has.</param>
    /// <returns>The path.</returns>
    public string List(RepodataState state) => $"{_stem}-{state.Content}.json";

    /// <summary>Returns the file of a list's index.</summary>
    /// <param name="state">Which content it has.</param>
    /// <returns>The path.</returns>
    public string Index(RepodataState state) => $"{_stem}-{state.Content}.index";

    /// <summary>Returns a file that no other process uses.</summary>
    /// <returns>The path.</returns>
    public string Temporary() => $"{_stem}.{Guid.NewGuid():N}.tmp";

    /// <summary>Reads what is known of the list.</summary>
    /// <returns>What is known; <see langword="null"/> if nothing is.</returns>
    public RepodataState? ReadState() => RepodataState.Read(State) is { } state && state.Address == address ? state : null;

    /// <summary>Writes what is known of the list.</summary>
    /// <param name="state">What is known.</param>
    public void WriteState(RepodataState state) => state.Write(State);

    /// <summary>Forgets what is known of the list.</summary>
    public void Forget() => Delete(State);

    /// <summary>Deletes contents that are no longer the present one.</summary>
    /// <param name="present">The present one.</param>
    public void Sweep(RepodataState present)
    {
        foreach (var file in Directory.EnumerateFiles(folder, Path.GetFileName(_stem) + "-*"))
        {
            if (!Path.GetFileName(file).Contains(present.Content, StringComparison.Ordinal))
            {
                Delete(file);
            }
        }
    }
}
