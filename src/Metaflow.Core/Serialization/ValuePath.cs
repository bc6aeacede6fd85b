using System.Globalization;
using System.Text;

namespace Metaflow.Serialization;

/// <summary>Where in a value the serializer is: kept as it goes, made text for errors only.</summary>
/// <param name="root">The name of the whole value, usually the artifact's.</param>
internal sealed class ValuePath(string root)
{
    private readonly List<object> _names = [];
    private int[] _indices = new int[16];

    public int Depth => _names.Count;

    public void EnterMember(string name) => Enter(name);

    public void EnterItems() => Enter(this);

    public void EnterKey(object key) => Enter(new Key(key));

    public void At(int index) => _indices[_names.Count - 1] = index;

    public void Leave() => _names.RemoveAt(_names.Count - 1);

    public override string ToString()
    {
        var text = new StringBuilder(root);
        for (var i = 0; i < _names.Count; i++)
        {
            // The path of a value nested a hundred thousand times is of no use to anyone.
            if (i == 32)
            {
                return text.Append(CultureInfo.InvariantCulture, $"... ({_names.Count} levels)").ToString();
            }

            _ = _names[i] switch
            {
                string member => text.Append('.').Append(member),
                Key key => text.Append('[').Append(KeyText(key.Value)).Append(']'),
                _ => text.Append(CultureInfo.InvariantCulture, $"[{_indices[i]}]"),
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

    private void Enter(object name)
    {
        _names.Add(name);
        if (_names.Count > _indices.Length)
        {
            Array.Resize(ref _indices, _indices.Length * 2);
        }
    }

    private sealed record Key(object Value);
}
