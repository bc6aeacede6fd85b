using System.Globalization;
using System.Runtime.Versioning;
using System.Text;

namespace Metaflow.Platform;

/// <summary>Finds what .NET lost of the texts that a process is started with: it puts U+FFFD in the place of bytes that are no
/// UTF-8.</summary>
/// <remarks>Linux keeps the bytes. Elsewhere nothing is found. <c>dotnet run</c> reads and writes the texts too, so that the bytes are
/// those of the parent process.</remarks>
internal static class GivenBytes
{
    private const char Replacement = '\ufffd';

    /// <summary>Returns an argument as it was given, with escapes for what was lost.</summary>
    /// <param name="argument">The argument as .NET has it.</param>
    /// <returns>The text, such as <c>a\xff</c>; <see langword="null"/> when nothing was lost.</returns>
    public static string? LostOfArgument(string argument) => Lost(argument, "cmdline");

    /// <summary>Returns a variable as it was given, with escapes for what was lost.</summary>
    /// <param name="name">The variable's name.</param>
    /// <param name="value">Its value as .NET has it.</param>
    /// <returns>The text, with the name, such as <c>A=a\xff</c>; <see langword="null"/> when nothing was lost.</returns>
    public static string? LostOfVariable(string name, string value) => Lost($"{name}={value}", "environ");

    private static string? Lost(string text, string file)
    {
        // Nearly always there is none: then nothing is read.
        if (!text.Contains(Replacement, StringComparison.Ordinal) || !OperatingSystem.IsLinux())
        {
            return null;
        }

        return OfProcess("self") ?? (IsDotnet(out var parent) ? OfProcess(parent) : null);

        string? OfProcess(string process)
            => Records(process, file).Select(record => Shown(record, text)).FirstOrDefault(static shown => shown is not null);
    }

    [UnsupportedOSPlatform("windows")]
    private static bool IsDotnet(out string parent)
    {
        parent = NativeMethods.GetParentProcess().ToString(CultureInfo.InvariantCulture);
        return Records(parent, "cmdline") is [var program, ..] && Path.GetFileName(Encoding.UTF8.GetString(program)) == "dotnet";
    }

    private static List<byte[]> Records(string process, string file)
    {
        var records = new List<byte[]>();
        try
        {
            var rest = File.ReadAllBytes($"/proc/{process}/{file}").AsSpan();
            while (rest.IndexOf((byte)0) is >= 0 and var end)
            {
                records.Add(rest[..end].ToArray());
                rest = rest[(end + 1)..];
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A container may hide them.
        }

        return records;
    }

    // How many characters stand for how many bytes differs between decoders.
    private static string? Shown(ReadOnlySpan<byte> record, string text)
    {
        var (shown, decoded, hasLost) = (new StringBuilder(), new StringBuilder(), false);
        while (!record.IsEmpty)
        {
            var isGood = Rune.DecodeFromUtf8(record, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            hasLost |= !isGood;
            decoded.Append(isGood ? rune.ToString() : "\ufffd");
            shown.Append(isGood ? rune.ToString() : string.Concat(record[..length].ToArray().Select(static value => $"\\x{value:x2}")));
            record = record[length..];
        }

        return hasLost && Collapsed(decoded.ToString()) == Collapsed(text) ? shown.ToString() : null;
    }

    private static string Collapsed(string text)
        => string.Concat(text.Where((letter, at) => letter != Replacement || at == 0 || text[at - 1] != Replacement));
}
