export default function Board() { return <main><h1>board</h1></main>; }
