using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;

namespace Metaflow.Code;

/// <summary>The assemblies of a program: those that the author wrote, which are read instruction by instruction, and the packages, which
/// count as a whole.</summary>
internal sealed class AuthorAssemblies : IDisposable
{
    /// <summary>Ours: what they do to a step is the framework's promise, not part of the step.</summary>
    private static readonly string[] Framework = ["Metaflow", "Metaflow.Core", "Metaflow.Cli"];

    private readonly Dictionary<string, string> _paths = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, AuthorAssembly?> _opened = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _written = new(StringComparer.OrdinalIgnoreCase);
    private string? _all;

    /// <summary>Initializes the assemblies around a flow's.</summary>
    /// <param name="flowAssembly">The path of the assembly that declares the flow.</param>
    public AuthorAssemblies(string flowAssembly)
    {
        foreach (var path in Paths("TRUSTED_PLATFORM_ASSEMBLIES", Path.PathSeparator))
        {
            _paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }

        foreach (var file in Paths("APP_CONTEXT_DEPS_FILES", ';'))
        {
            AddProjects(file);
        }

        Flow = new AuthorAssembly(flowAssembly);
        _opened[Flow.Name] = Flow;
        _written.Add(Flow.Name);
    }

    /// <summary>Gets the assembly that declares the flow.</summary>
    public AuthorAssembly Flow { get; }

    /// <summary>Gets the author's assemblies opened so far.</summary>
    public IEnumerable<AuthorAssembly> Opened => _opened.Values.OfType<AuthorAssembly>();

    /// <summary>Opens all of the author's assemblies: an implementation may be in one that nothing on the way names.</summary>
    public void OpenAll()
    {
        foreach (var name in _written.ToList())
        {
            Find(name);
        }
    }

    /// <summary>Describes the packages that any of the author's assemblies refers to.</summary>
    /// <returns>A text that changes when any of them does.</returns>
    public string DescribeAll() => _all ??= Describe(Opened.ToList().SelectMany(static assembly =>
        assembly.Reader.AssemblyReferences
            .Select(reference => assembly.Reader.GetString(assembly.Reader.GetAssemblyReference(reference).Name)))
        .Where(name => !_written.Contains(name)));

    /// <summary>Returns true if the program has an assembly.</summary>
    /// <param name="name">A simple name, or any other text.</param>
    /// <returns>Whether an assembly is named so.</returns>
    public bool Has(string name) => _paths.ContainsKey(name);

    /// <summary>Finds an assembly of the author's.</summary>
    /// <param name="name">Its simple name.</param>
    /// <returns>The assembly; <see langword="null"/> for a package or the runtime.</returns>
    public AuthorAssembly? Find(string name)
    {
        if (_opened.TryGetValue(name, out var known))
        {
            return known;
        }

        var opened = _written.Contains(name) && !Framework.Contains(name, StringComparer.Ordinal) && _paths.TryGetValue(name, out var path)
            ? new AuthorAssembly(path)
            : null;
        _opened[name] = opened;
        return opened;
    }

    /// <summary>Describes packages with all that they refer to, by the ids that the compiler gave their assemblies.</summary>
    /// <param name="names">The simple names of assemblies.</param>
    /// <returns>A text that changes when any of them does.</returns>
    public string Describe(IEnumerable<string> names)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var pending = new Stack<string>(names);
        while (pending.TryPop(out var name))
        {
            if (found.ContainsKey(name) || IsFramework(name) || !_paths.TryGetValue(name, out var path))
            {
                continue;
            }

            using var image = new PEReader(File.OpenRead(path));
            var reader = image.GetMetadataReader();
            found[name] = reader.GetGuid(reader.GetModuleDefinition().Mvid).ToString();
            foreach (var reference in reader.AssemblyReferences)
            {
                pending.Push(reader.GetString(reader.GetAssemblyReference(reference).Name));
            }
        }

        return string.Join(';', found.Select(static pair => $"{pair.Key}={pair.Value}"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var assembly in Opened)
        {
            assembly.Dispose();
        }
    }

    private static string[] Paths(string property, char separator)
        => (AppContext.GetData(property) as string)?.Split(separator, StringSplitOptions.RemoveEmptyEntries) ?? [];

    private bool IsFramework(string name)
        => Framework.Contains(name, StringComparer.Ordinal) || (_paths.TryGetValue(name, out var path) && SharedRuntime.Has(path));

    /// <summary>Adds what the program's list of dependencies calls a project: code built beside the flow rather than restored.</summary>
    private void AddProjects(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var library in json.RootElement.GetProperty("libraries").EnumerateObject())
            {
                if (library.Value.GetProperty("type").GetString() == "project")
                {
                    _written.Add(library.Name[..library.Name.IndexOf('/', StringComparison.Ordinal)]);
                }
            }
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Without the list, assemblies beside the flow's count as a whole: coarser, never wrong.
        }
    }
}
