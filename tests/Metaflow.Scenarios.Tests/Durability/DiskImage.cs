namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>What a disk has after some calls: what processes see, and what is left when the power goes.</summary>
/// <remarks>A file keeps the content that it had when it was last flushed. A name keeps when the folder that it is in was flushed since.
/// POSIX promises no more.</remarks>
/// <param name="root">The folder above all, which was there before.</param>
internal sealed class DiskImage(string root)
{
    private readonly Node _root = new(isFolder: true);

    /// <summary>Does what a call did.</summary>
    /// <exception cref="InvalidDataException">A file is missing that an earlier call made: the log lacks that call.</exception>
    public void Apply(LoggedCall call)
    {
        var name = Path.GetFileName(call.Path);
        var folder = Path.GetDirectoryName(call.Path)!;
        var names = call.Path == root ? [] : Required(folder).Names;
        switch (call.Name)
        {
            case "folder":
                names.Add(name, new Node(isFolder: true));
                break;
            case "create":
                names.TryAdd(name, new Node(isFolder: false));
                break;
            case "empty":
                names.TryAdd(name, new Node(isFolder: false));
                Required(call.Path).SetLength(0);
                break;
            case "write":
                Required(call.Path).Write(call.Offset, call.Content);
                break;
            case "length":
                Required(call.Path).SetLength(call.Offset);
                break;
            case "flush":
                Required(call.Path).Flush();
                break;
            case "link":
                names.Add(name, Required(call.Source));
                break;
            case "rename":
                var moved = Required(call.Source);
                Find(Path.GetDirectoryName(call.Source)!)!.Names.Remove(Path.GetFileName(call.Source));
                names[name] = moved;
                break;
            case "remove":
                names.Remove(name);
                break;
            default:
                throw new InvalidDataException($"A call '{call.Name}' is not known.");
        }
    }

    /// <summary>Returns a path whose content is not what processes see there, or <see langword="null"/> when all is as it is on the
    /// disk.</summary>
    public string? FirstDifference() => FirstDifference(_root, root);

    /// <summary>Writes what is left when the power goes now.</summary>
    /// <param name="cut">What the disk had done of what it was not told to.</param>
    /// <param name="random">Decides where it is a matter of chance.</param>
    public void Restore(PowerCut cut, Random random)
    {
        foreach (var folder in Directory.GetDirectories(root))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var file in Directory.GetFiles(root))
        {
            File.Delete(file);
        }

        Restore(_root, root, cut, random);
    }

    private static string? FirstDifference(Node node, string path)
    {
        if (!node.IsFolder)
        {
            return File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(node.Content) ? null : path;
        }

        var names = Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).ToHashSet() : [];
        return names.SetEquals(node.Names.Keys)
            ? node.Names.Select(child => FirstDifference(child.Value, Path.Combine(path, child.Key)))
                .FirstOrDefault(static difference => difference is not null)
            : path;
    }

    private static void Restore(Node node, string path, PowerCut cut, Random random)
    {
        if (!node.IsFolder)
        {
            File.WriteAllBytes(path, node.Left(cut, random));
            return;
        }

        Directory.CreateDirectory(path);
        foreach (var (name, child) in node.LeftNames(cut, random))
        {
            Restore(child, Path.Combine(path, name), cut, random);
        }
    }

    private Node? Find(string path)
    {
        var node = _root;
        foreach (var name in Path.GetRelativePath(root, path).Split('/').Where(static name => name != "."))
        {
            if (!node.Names.TryGetValue(name, out node))
            {
                return null;
            }
        }

        return node;
    }

    private Node Required(string path)
        => Find(path) ?? throw new InvalidDataException($"The log does not say how '{path}' was made.");

    private sealed class Node(bool isFolder)
    {
        private byte[] _flushed = [];
        private Dictionary<string, Node> _flushedNames = [];

        public bool IsFolder => isFolder;

        public Dictionary<string, Node> Names { get; } = [];

        public byte[] Content { get; private set; } = [];

        public void Write(long offset, byte[] content)
        {
            var bytes = new byte[Math.Max(Content.Length, (int)offset + content.Length)];
            Content.CopyTo(bytes, 0);
            content.CopyTo(bytes, offset);
            Content = bytes;
        }

        public void SetLength(long length) => Content = [.. Content.Take((int)length)];

        public void Flush()
        {
            _flushed = Content;
            _flushedNames = new(Names);
        }

        public byte[] Left(PowerCut cut, Random random) => cut switch
        {
            PowerCut.Chance => random.Next(3) switch
            {
                0 => _flushed,
                1 => Content,
                _ => Content[..random.Next(Math.Min(_flushed.Length, Content.Length), Content.Length + 1)],
            },
            _ => _flushed,
        };

        public IEnumerable<KeyValuePair<string, Node>> LeftNames(PowerCut cut, Random random) => cut switch
        {
            PowerCut.Flushed => _flushedNames,
            PowerCut.Names => Names,
            _ => Names.Keys.Union(_flushedNames.Keys)
                .Select(name => (Name: name, Node: (random.Next(2) == 0 ? Names : _flushedNames).GetValueOrDefault(name)))
                .Where(static left => left.Node is not null)
                .Select(static left => KeyValuePair.Create(left.Name, left.Node!)),
        };
    }
}

/// <summary>What a disk had done of what it was not told to do when the power went.</summary>
internal enum PowerCut
{
    /// <summary>Nothing: only what was flushed is left.</summary>
    Flushed,

    /// <summary>It has all names, and no content but what was flushed: many file systems write in this order.</summary>
    Names,

    /// <summary>Some of it.</summary>
    Chance,
}
