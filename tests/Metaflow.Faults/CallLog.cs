using System.Globalization;

namespace Metaflow.Faults;

/// <summary>Writes calls down, a line each: the number, the process, what it does, the path, the other path, the place and the
/// bytes.</summary>
/// <param name="path">The file, or <see langword="null"/> for nowhere.</param>
internal sealed class CallLog(string? path) : IDisposable
{
    private readonly StreamWriter? _writer = path is null ? null : new StreamWriter(path);

    public void Add(int number, int process, FileCall call)
        => _writer?.WriteLine(string.Join(
            '\t', number.ToString(CultureInfo.InvariantCulture), process.ToString(CultureInfo.InvariantCulture), call.Name, call.Path,
            call.Source ?? "", call.Offset.ToString(CultureInfo.InvariantCulture), Convert.ToBase64String(call.Content)));

    /// <summary>Writes down what the program itself printed.</summary>
    public void AddPrinted(byte[] text) => _writer?.WriteLine($"0\t0\tprint\t\t\t0\t{Convert.ToBase64String(text)}");

    public void Dispose() => _writer?.Dispose();
}
