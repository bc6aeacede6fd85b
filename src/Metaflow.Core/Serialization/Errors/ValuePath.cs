using System.Globalization;
using System.Text;

namespace Metaflow.Serialization;

/// <summary>Where in a value the serializer is: kept as it goes, made text for errors only.</summary>
/// <param name="root">The name of the whole value, usually the artifact's.</param>
internal sealed class ValuePath(string root)
{
    private Level[] _levels = new Level[16];

    public int Depth { get; private set; }

    public void EnterMember(string name) => Enter(name, isKey: false);

    public void EnterItems() => Enter(null, isKey: false);

    public void EnterKey(object key) => Enter(key, isKey: true);

    public void At(int index) => _levels[Depth - 1].Index = index;

    public void Leave() => Depth--;

    public override string ToString()
    {
        var text = new StringBuilder(root);
        for (var i = 0; i < Depth; i++)
        {
            // The path of a value nested a hundred thousand times is of no use to anyone.
            if (i == 32)
            {
                return text.Append(CultureInfo.InvariantCulture, $"... ({Depth} levels)").ToString();
            }

            _ = _levels[i] switch
            {
                { Name: null } item => text.Append(CultureInfo.InvariantCulture, $"[{item.Index}]"),
                { IsKey: true } entry => text.Append('[').Append(KeyText(entry.Name)).Append(']'),
                var member => text.Append('.').Append(member.Name),
            };
        }

        return text.ToString();
    }

    private static string KeyText(object key) => key switch
    {
        string text => $"\"{text}\"",
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => key.GetType().Name,
    };

    private void Enter(object? name, bool isKey)
    {
        if (Depth == _levels.Length)
        {
            Array.Resize(ref _levels, _levels.Length * 2);
        }

        ref var level = ref _levels[Depth++];
        level.Name = name;
        level.IsKey = isKey;
    }

    /// <summary>A level: an item of a list where it has no name.</summary>
    private struct Level
    {
        public object? Name;
        public bool IsKey;
        public int Index;
    }
}
